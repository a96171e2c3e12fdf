{{%AUTOESCAPE context="HTML"}}
{{! A link that this account can't have: TAKEN (409, another account opened it first), NOT_YOURS (403, it asks for a certificate of somebody else), GONE (404, wrong or run out). Layout base,
    SUB_PAGE, BACK /home, AT_HOME, BOTTOM. PAGE_TITLE 不能打开.  Exactly one of the three sections. }}
<h1 class="yx-desk mb-3">不能打开</h1>
<div class="card yx-narrow"><div class="yx-empty">
{{#TAKEN}}<svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#lock"></use></svg><h2>别人已经打开了这个请求</h2><p>一个请求只由一个账户决定。什么都没有改变。请在交易平台重新发起，再用您的手机扫码。</p>{{/TAKEN}}
{{#NOT_YOURS}}<svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#lock"></use></svg><h2>这个请求不是给您的</h2><p>它要用的证书不在您的账户里。请由证书的持有人扫码，或在交易平台用您自己的身份重新登录。什么都没有改变。</p>{{/NOT_YOURS}}
{{#GONE}}<svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#clock"></use></svg><h2>这个二维码已经失效</h2><p>二维码每 2 分钟更新，请求 10 分钟后失效。请对着屏幕上现在的二维码再扫一次，或在交易平台重新发起。</p>{{/GONE}}
<div class="yx-acts"><a class="btn btn-outline-secondary" href="{{BASE}}/scan">再扫一次</a></div></div></div>
