{{%AUTOESCAPE context="HTML"}}
{{! GET /certs/:cert/install; POST /keys/certs/:cert/install (CERT-4, CERT-9). Layout base, SUB_PAGE, BACK /certs/:cert, no bottom bar.
    PAGE_TITLE 安装证书. PERSONAL, OF_ORG (ORG): section.  CERT (id), CERT_NAME, FOR, DEVICE_NAME (what this browser is called), ISSUERS.
    FIRST or REISSUE: section; REISSUE, keys existed before: REISSUES_LEFT, OLD_DEVICE, REPLACES.  LOCKED: section: LOCKED_UNTIL; then there is no form.  READY: section
    around the form.  (Without a PIN the program leads to /me/pin first.)
    Fields: pin, replaces (hidden: the issuance whose keys a reissue replaces). ERROR_PIN, FAULTS. IN_APP. CSRF. }}
{{>IN_APP}}
{{#PERSONAL}}<nav class="yx-desk" aria-label="位置"><ol class="breadcrumb"><li class="breadcrumb-item"><a href="{{BASE}}/home">首页</a></li><li class="breadcrumb-item"><a href="{{BASE}}/certs">个人证书</a></li><li class="breadcrumb-item"><a href="{{BASE}}/certs/{{CERT}}">证书详情</a></li><li class="breadcrumb-item active" aria-current="page">安装证书</li></ol></nav>{{/PERSONAL}}{{#OF_ORG}}<nav class="yx-desk" aria-label="位置"><ol class="breadcrumb"><li class="breadcrumb-item"><a href="{{BASE}}/orgs/{{ORG}}">单位</a></li><li class="breadcrumb-item"><a href="{{BASE}}/orgs/{{ORG}}/certs">数字证书</a></li><li class="breadcrumb-item"><a href="{{BASE}}/certs/{{CERT}}">证书详情</a></li><li class="breadcrumb-item active" aria-current="page">安装证书</li></ol></nav>{{/OF_ORG}}
<form class="yx-narrow yx-ask" method="post" action="{{BASE}}/keys/certs/{{CERT}}/install" novalidate>{{>CSRF}}{{#REISSUE}}<input type="hidden" name="replaces" value="{{REPLACES}}">{{/REISSUE}}
<h1 class="yx-desk mb-3">{{#REISSUE}}补发到本设备{{/REISSUE}}{{#FIRST}}在本设备安装{{/FIRST}}</h1>
{{>FAULTS}}
<div class="card"><div class="card-body"><dl class="yx-kv"><dt>证书</dt><dd><b class="yx-b">{{CERT_NAME}}</b></dd><dt>签发给</dt><dd>{{FOR}}</dd><dt>安装到</dt><dd>{{DEVICE_NAME}}</dd><dt>签发者</dt><dd>{{ISSUERS}}</dd></dl>
{{#REISSUE}}<div class="yx-note mt-3"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#info-circle"></use></svg>这是补发，成功后剩 {{REISSUES_LEFT}} 次。装在“{{OLD_DEVICE}}”的签名证书随即失效，以前签的文件仍可验证。</div>{{/REISSUE}}
<div class="yx-note mt-2"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#laptop"></use></svg>以后只能在这个浏览器里使用这张证书。清除浏览器数据会丢失密钥；公用电脑上不要安装。</div></div></div>
{{#READY}}<div class="yx-field mt-4"><div class="yx-field-head"><label class="form-label" for="pin">证书密码</label></div><input class="form-control{{#ERROR_PIN}} is-invalid{{/ERROR_PIN}}" type="password" id="pin" name="pin" autocomplete="off" aria-describedby="pin-h{{#ERROR_PIN}} pin-e{{/ERROR_PIN}}"{{#ERROR_PIN}} aria-invalid="true"{{/ERROR_PIN}}>{{#ERROR_PIN}}<div class="yx-err" id="pin-e"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#exclamation-circle-fill"></use></svg><span>{{ERROR_TEXT}}</span></div>{{/ERROR_PIN}}<div class="yx-hint" id="pin-h">连续输错 5 次会锁定一段时间，每次加倍。</div></div>
<div class="yx-bar"><a class="btn btn-outline-secondary" href="{{BASE}}/certs/{{CERT}}">返回证书</a><button class="btn btn-primary">{{#REISSUE}}补发到本设备{{/REISSUE}}{{#FIRST}}安装证书{{/FIRST}}</button></div>{{/READY}}
{{#LOCKED}}<div class="yx-flash yx-bad mt-4" role="alert"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#lock"></use></svg><div>证书密码已锁定，{{LOCKED_UNTIL}} 自动解锁。什么都没有改变，没有扣补发次数。</div></div>
<div class="yx-bar"><a class="btn btn-outline-secondary" href="{{BASE}}/certs/{{CERT}}">返回证书</a></div>{{/LOCKED}}</form>
