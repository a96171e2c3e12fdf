{{%AUTOESCAPE context="HTML"}}
{{! GET /welcome, after the first login (LOGIN-2). Layout base, SUB_PAGE, BACK /home, AT_HOME, BOTTOM. PAGE_TITLE 欢迎使用印信.
    PHONE masked, MADE when the account was made.  VERIFIED or UNVERIFIED: section (real name). }}
<div class="yx-head"><div><h1 class="yx-desk">欢迎使用印信</h1><div class="yx-2 mt-1">账户已注册：{{PHONE}}</div></div></div>
<div class="yx-two"><div class="yx-stack"><section class="card"><div class="card-body">
{{#UNVERIFIED}}<h2 class="mb-2">先核验您的实名</h2><p class="yx-2">证书、印章和单位都以您的真实身份为准。请带身份证件和营业执照联系运营人员，核验后录入您的实名和单位，结果会发消息给您。</p><div class="yx-note mt-3"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#headset"></use></svg>{{SERVICE_LINE}}</div>{{/UNVERIFIED}}
{{#VERIFIED}}<h2 class="mb-2">实名已核验</h2><p class="yx-2">现在可以设置证书密码，再领取并安装证书。</p><div class="yx-acts mt-3"><a class="btn btn-primary" href="{{BASE}}/me/pin">设置证书密码</a><a class="btn btn-outline-secondary" href="{{BASE}}/home">去首页</a></div>{{/VERIFIED}}
</div></section></div>
<div class="yx-stack"><section class="card"><div class="card-header"><h2>接下来</h2></div><div class="card-body"><ol class="yx-time"><li class="done"><b>注册账户</b><div class="yx-s yx-3">{{MADE}}</div></li>{{#UNVERIFIED}}<li class="now"><b>核验实名</b><div class="yx-s yx-3">由运营人员核验后录入</div></li><li class="todo">设置证书密码</li>{{/UNVERIFIED}}{{#VERIFIED}}<li class="done"><b>核验实名</b></li><li class="now"><b>设置证书密码</b><div class="yx-s yx-3">约 1 分钟</div></li>{{/VERIFIED}}<li class="todo">领取并安装证书</li><li class="todo">扫码登录、签字、盖章</li></ol></div></section>{{#UNVERIFIED}}<a class="btn btn-outline-secondary" href="{{BASE}}/home">先去首页看看</a>{{/UNVERIFIED}}</div></div>
