{{%AUTOESCAPE context="HTML"}}
{{! GET /me/consents (SET-2). Layout base, SUB_PAGE, BACK /me, AT_ME, BOTTOM. PAGE_TITLE 服务授权.
    CONSENT: repeated: CONSENT_ID, PLATFORM_NAME, PLATFORM_AVATAR, SCOPES (姓名、手机号、单位和职务), SINCE, USED (今天 08:44; 还没有).
    LIST: section around it.  EMPTY: section instead. }}
<nav class="yx-desk" aria-label="位置"><ol class="breadcrumb"><li class="breadcrumb-item"><a href="{{BASE}}/me">我的</a></li><li class="breadcrumb-item active" aria-current="page">服务授权</li></ol></nav>
<div class="yx-head"><div><h1 class="yx-desk">服务授权</h1><div class="yx-2 mt-1">这些交易平台可以用您的身份登录，并读取所列的资料。收回后立即失效。</div></div></div>
{{#LIST}}<div class="card"><ul class="yx-list">{{#CONSENT}}<li><div class="yx-row yx-row-wrap"><span class="yx-ava" aria-hidden="true">{{PLATFORM_AVATAR}}</span><span class="yx-grow"><b class="yx-b">{{PLATFORM_NAME}}</b><span class="yx-sub">可读取：{{SCOPES}}</span><span class="yx-sub"><span class="yx-keep">自 {{SINCE}} 起 ·</span> <span class="yx-keep">最近使用 {{USED}}</span></span></span><span class="yx-end"><a class="btn btn-outline-secondary btn-sm" href="{{BASE}}/me/consents/{{CONSENT_ID}}/revoke" aria-label="收回授权：{{PLATFORM_NAME}}">收回授权</a></span></div></li>{{/CONSENT}}</ul></div>{{/LIST}}
{{#EMPTY}}<div class="card"><div class="yx-empty"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#link-45deg"></use></svg><h2>还没有授权</h2><p>在交易平台扫码登录时，您同意它读取的资料会列在这里。</p></div></div>{{/EMPTY}}
