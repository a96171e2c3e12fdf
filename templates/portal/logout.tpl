{{%AUTOESCAPE context="HTML"}}
{{! GET, POST /logout (SET-6). Layout base, SUB_PAGE, BACK /me, AT_ME, no bottom bar. PAGE_TITLE 退出登录.
    KEPT: section, this browser is kept signed in for 30 days (LOGIN-5). CSRF. }}
<nav class="yx-desk" aria-label="位置"><ol class="breadcrumb"><li class="breadcrumb-item"><a href="{{BASE}}/me">我的</a></li><li class="breadcrumb-item active" aria-current="page">退出登录</li></ol></nav>
<form class="yx-narrow yx-ask" method="post" action="{{BASE}}/logout">{{>CSRF}}
<h1 class="yx-desk mb-3">退出登录？</h1>
<div class="card"><div class="card-body"><p class="yx-phone"><b class="yx-b">退出登录？</b></p><p>退出后，这个浏览器要重新用短信验证码登录。装在本设备的证书不受影响，登录后照常使用。</p>{{#KEPT}}<p>“在这部手机上保持登录”也随之取消。</p>{{/KEPT}}</div></div>
<div class="yx-bar"><a class="btn btn-outline-secondary" href="{{BASE}}/me">我再想想</a><button class="btn btn-dark">退出登录</button></div></form>
