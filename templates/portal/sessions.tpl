{{%AUTOESCAPE context="HTML"}}
{{! GET /me/sessions (LOGIN-5, CERT-7). Layout base, SUB_PAGE, BACK /me, AT_ME, BOTTOM. PAGE_TITLE 登录和设备.
    SESSION: repeated, this one first: SESSION_ID, AGENT (Chrome，Windows), ADDRESS, SEEN (9 分钟前), MADE (昨天 18:06);
      sections THIS (this browser) or OTHER; section KEPT (kept signed in for 30 days).
    OTHERS: section, there are other sessions.
    KEEP_OFFERED: section, this phone holds a certificate and may be kept signed in.  KEEP_ON: section, it is.
    DEVICE: repeated: DEVICE_ID, DEVICE_NAME, DEVICE_LINE (Chrome，Windows · 装有 2 张证书 · 最近使用 今天), section THIS; section
      RENAME_OPEN (its field is shown again with an error) with FIELD_DEVICE_NAME, ERROR_DEVICE_NAME.  NO_DEVICE: section.
    POST /me/sessions/:session/end, /me/sessions/end-others, /me/sessions/keep (field keep, yes | no),
      /me/devices/:device/name (field device_name). CSRF. }}
<nav class="yx-desk" aria-label="位置"><ol class="breadcrumb"><li class="breadcrumb-item"><a href="{{BASE}}/me">我的</a></li><li class="breadcrumb-item active" aria-current="page">登录和设备</li></ol></nav>
<div class="yx-head"><div><h1 class="yx-desk">登录和设备</h1><div class="yx-2 mt-1">看到不认识的登录，立即结束它，并联系客服。</div></div></div>
<div class="yx-two yx-even"><section class="card"><div class="card-header"><h2>已登录</h2>{{#OTHERS}}<form method="post" action="{{BASE}}/me/sessions/end-others">{{>CSRF}}<button class="btn btn-outline-secondary btn-sm">结束其他全部登录</button></form>{{/OTHERS}}</div><ul class="yx-list">
{{#SESSION}}<li><div class="yx-row yx-row-wrap"><svg class="yx-i yx-3" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#laptop"></use></svg><span class="yx-grow"><b class="yx-b">{{AGENT}}</b>{{#THIS}} <span class="yx-tag">本浏览器</span>{{/THIS}}{{#KEPT}} <span class="yx-tag">保持登录 30 天</span>{{/KEPT}}<span class="yx-sub">{{ADDRESS}} · 最近活动 {{SEEN}}</span><span class="yx-sub">{{MADE}} 登录</span></span>{{#OTHER}}<form class="yx-end" method="post" action="{{BASE}}/me/sessions/{{SESSION_ID}}/end">{{>CSRF}}<button class="btn btn-outline-secondary btn-sm" aria-label="结束登录：{{AGENT}}">结束登录</button></form>{{/OTHER}}</div></li>{{/SESSION}}</ul></section>
<div class="yx-stack"><section class="card"><div class="card-header"><h2>设备</h2></div>
{{#NO_DEVICE}}<div class="card-body pt-1 yx-2">还没有装过证书的设备。在哪个浏览器安装证书，哪个浏览器就列在这里。</div>{{/NO_DEVICE}}
<ul class="yx-list">{{#DEVICE}}<li><div class="yx-row"><svg class="yx-i yx-3" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#phone"></use></svg><div class="yx-grow"><b class="yx-b">{{DEVICE_NAME}}</b>{{#THIS}} <span class="yx-tag">本设备</span>{{/THIS}}<span class="yx-sub">{{DEVICE_LINE}}</span>
<details class="yx-fold"{{#RENAME_OPEN}} open{{/RENAME_OPEN}}><summary><svg class="yx-i yx-i-s" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#chevron-right"></use></svg>改名</summary><form method="post" action="{{BASE}}/me/devices/{{DEVICE_ID}}/name" novalidate>{{>CSRF}}<div class="yx-join"><input class="form-control{{#ERROR_DEVICE_NAME}} is-invalid{{/ERROR_DEVICE_NAME}}" name="device_name" maxlength="40" aria-label="{{DEVICE_NAME}} 的新名称" value="{{FIELD_DEVICE_NAME}}"><button class="btn btn-outline-secondary yx-nw">保存名称</button></div>{{#ERROR_DEVICE_NAME}}<div class="yx-err"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#exclamation-circle-fill"></use></svg><span>{{ERROR_TEXT}}</span></div>{{/ERROR_DEVICE_NAME}}</form></details></div></div></li>{{/DEVICE}}</ul></section>
{{#KEEP_OFFERED}}<section class="card"><div class="card-body"><h2 class="mb-2">在这部手机上保持登录</h2><p class="yx-2 yx-s">30 天内扫码、批准和看消息不用再登录。每次使用证书仍要输入证书密码；设置仍要短信验证码。</p><form method="post" action="{{BASE}}/me/sessions/keep">{{>CSRF}}<button class="btn btn-outline-secondary" name="keep" value="yes">保持登录 30 天</button></form></div></section>{{/KEEP_OFFERED}}
{{#KEEP_ON}}<section class="card"><div class="card-body"><h2 class="mb-2">这部手机保持登录</h2><form method="post" action="{{BASE}}/me/sessions/keep">{{>CSRF}}<button class="btn btn-outline-secondary" name="keep" value="no">取消保持登录</button></form></div></section>{{/KEEP_ON}}
</div></div>
