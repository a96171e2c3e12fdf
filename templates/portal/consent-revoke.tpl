{{%AUTOESCAPE context="HTML"}}
{{! GET, POST /me/consents/:consent/revoke. Layout base, SUB_PAGE, BACK /me/consents, AT_ME, no bottom bar. PAGE_TITLE 收回授权.
    CONSENT_ID, PLATFORM_NAME, SCOPES. CSRF. }}
<nav class="yx-desk" aria-label="位置"><ol class="breadcrumb"><li class="breadcrumb-item"><a href="{{BASE}}/me">我的</a></li><li class="breadcrumb-item"><a href="{{BASE}}/me/consents">服务授权</a></li><li class="breadcrumb-item active" aria-current="page">收回授权</li></ol></nav>
<form class="yx-narrow yx-ask" method="post" action="{{BASE}}/me/consents/{{CONSENT_ID}}/revoke">{{>CSRF}}
<h1 class="yx-desk mb-3">收回{{PLATFORM_NAME}}的授权？</h1>
<div class="card"><div class="card-body"><p class="yx-phone"><b class="yx-b">收回{{PLATFORM_NAME}}的授权？</b></p><p>{{PLATFORM_NAME}}不能再读取您的{{SCOPES}}，它已有的访问凭据立即失效。下次扫码登录时会重新征求您的同意。</p><div class="yx-note">已经签字、盖章的文件不受影响，仍可验证。</div></div></div>
<div class="yx-bar"><a class="btn btn-outline-secondary" href="{{BASE}}/me/consents">我再想想</a><button class="btn btn-dark">收回授权</button></div></form>
