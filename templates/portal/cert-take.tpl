{{%AUTOESCAPE context="HTML"}}
{{! GET, POST /certs/new/:item, /orgs/:org/certs/new/:item (CERT-2, CERT-18). Layout base, SUB_PAGE, BACK OWNER + /certs/new, no bottom
    bar. PAGE_TITLE 确认领取. PERSONAL, OF_ORG (ORG), OWNER as in certs.tpl.  ITEM_ID, ITEM_NAME (单位证书 · 互连 · 1 年), FOR, STARTS and
    ENDS (today and the day it would end), PRICE, ISSUERS (澄川印信 SM2 签发 CA / …), AGREEMENT_TITLE (数字证书使用协议), AGREEMENT_VERSION.
    BUILT_IN_CA: section, the issuer is the built-in CA.
    Field: agree. IS_AGREE, ERROR_AGREE, FAULTS. CSRF. }}
{{#PERSONAL}}<nav class="yx-desk" aria-label="位置"><ol class="breadcrumb"><li class="breadcrumb-item"><a href="{{BASE}}/home">首页</a></li><li class="breadcrumb-item"><a href="{{BASE}}/certs">个人证书</a></li><li class="breadcrumb-item"><a href="{{BASE}}/certs/new">领取证书</a></li><li class="breadcrumb-item active" aria-current="page">确认领取</li></ol></nav>{{/PERSONAL}}{{#OF_ORG}}<nav class="yx-desk" aria-label="位置"><ol class="breadcrumb"><li class="breadcrumb-item"><a href="{{BASE}}/orgs/{{ORG}}">单位</a></li><li class="breadcrumb-item"><a href="{{BASE}}/orgs/{{ORG}}/certs">数字证书</a></li><li class="breadcrumb-item"><a href="{{BASE}}/orgs/{{ORG}}/certs/new">领取证书</a></li><li class="breadcrumb-item active" aria-current="page">确认领取</li></ol></nav>{{/OF_ORG}}
<form class="yx-narrow yx-ask" method="post" action="{{BASE}}{{OWNER}}/certs/new/{{ITEM_ID}}" novalidate>{{>CSRF}}
<h1 class="yx-desk mb-3">确认领取</h1>
{{>FAULTS}}
<div class="card"><div class="card-body"><dl class="yx-kv"><dt>证书</dt><dd><b class="yx-b">{{ITEM_NAME}}</b></dd><dt>签发给</dt><dd>{{FOR}}</dd><dt>有效期</dt><dd><span class="yx-keep">{{STARTS}}</span> 至 <span class="yx-keep">{{ENDS}}</span></dd><dt>价格</dt><dd>{{PRICE}}</dd><dt>签发者</dt><dd>{{ISSUERS}}</dd></dl>
<div class="yx-note mt-3"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#clock"></use></svg>有效期从领取的这一刻算起，不论是否已安装。</div>
{{#BUILT_IN_CA}}<div class="yx-note mt-2"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#exclamation-triangle"></use></svg>内置 CA，未取得电子认证服务许可，仅限试用或当事人约定使用。</div>{{/BUILT_IN_CA}}</div></div>
<div class="form-check mt-2"><input class="form-check-input{{#ERROR_AGREE}} is-invalid{{/ERROR_AGREE}}" type="checkbox" id="agree" name="agree" value="1"{{#IS_AGREE}} checked{{/IS_AGREE}}{{#ERROR_AGREE}} aria-describedby="agree-e" aria-invalid="true"{{/ERROR_AGREE}}><label for="agree">我已阅读并同意<a href="{{BASE}}/agreements/certificate" target="_blank">《{{AGREEMENT_TITLE}}》</a><span class="yx-keep">（版本 {{AGREEMENT_VERSION}}）</span></label></div>{{#ERROR_AGREE}}<div class="yx-err" id="agree-e"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#exclamation-circle-fill"></use></svg><span>{{ERROR_TEXT}}</span></div>{{/ERROR_AGREE}}
<div class="yx-bar"><a class="btn btn-outline-secondary" href="{{BASE}}{{OWNER}}/certs/new">重新选择</a><button class="btn btn-primary">领取证书</button></div></form>
