{{%AUTOESCAPE context="HTML"}}
{{! GET /home (HOME-1). Layout base, ROOT_PAGE, AT_HOME, BOTTOM. PAGE_TITLE 首页.
    GREETING (陈致远，上午好), FORMER_LOGIN: section: LAST_LOGIN (今天 08:42，110.249.3.7，Chrome，Windows), or FIRST_LOGIN: section.  VERIFIED or UNVERIFIED: section.
    START: section, verified and without a certificate password: where to begin.
    Tiles: CERT_WORD (有效，到 2026-03-06; 还没有), section CERT_WAIT: it wants attention (amber); PIN_WORD (已设置; 未设置;
      已锁定), section PIN_WAIT; ORGS_WORD (3 个), UNREAD_WORD (2 条; 没有). CERT_WORD and PIN_WORD only where VERIFIED.
    ORG: repeated, at most 5: ORG_ID, ORG_NAME, ORG_AVATAR, ORG_LINE (法定代表人 · 2025-03-06 加入), STATE, STATE_WORD. ORGS_EMPTY: section.
    MESSAGE: repeated, at most 5 unread: MESSAGE_TITLE, MESSAGE_TEXT (cut after two lines), MESSAGE_TIME. MESSAGES_EMPTY: section. }}
<div class="yx-head"><div><h1>{{GREETING}}</h1><div class="yx-2 mt-1 yx-s">{{#VERIFIED}}<span class="yx-state yx-ok"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#state-ok"></use></svg>已实名</span>{{/VERIFIED}}{{#UNVERIFIED}}<span class="yx-state yx-wait"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#state-wait"></use></svg>未实名</span>{{/UNVERIFIED}}{{#FORMER_LOGIN}}　上次登录：{{LAST_LOGIN}}{{/FORMER_LOGIN}}{{#FIRST_LOGIN}}　您是第一次登录{{/FIRST_LOGIN}}</div></div></div>
{{#UNVERIFIED}}<div class="yx-note mb-4"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#info-circle"></use></svg>证书、证书密码和扫一扫都以您的真实身份为准，需先实名。请带身份证件联系{{SERVICE_WHOM}}，核验后录入。<a href="{{BASE}}/welcome">看看怎么开始</a></div>{{/UNVERIFIED}}
{{#START}}<div class="yx-note mb-4"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#info-circle"></use></svg>第一次使用：先<a href="{{BASE}}/me/pin">设置证书密码</a>，再领取证书。个人证书在<a href="{{BASE}}/certs">个人证书</a>，单位的证书和印章在<a href="{{BASE}}/orgs">单位</a>里。</div>{{/START}}
<div class="yx-tiles mb-4">
{{#VERIFIED}}<a class="yx-tile yx-tile-go" href="{{BASE}}/scan"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#qr-code-scan"></use></svg><b>扫一扫</b><span>登录、签字、盖章</span></a>
<a class="yx-tile" href="{{BASE}}/certs"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#patch-check"></use></svg><b>个人证书</b><span{{#CERT_WAIT}} class="wait"{{/CERT_WAIT}}>{{CERT_WORD}}</span></a>
<a class="yx-tile" href="{{BASE}}/me/pin"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#key"></use></svg><b>证书密码</b><span{{#PIN_WAIT}} class="wait"{{/PIN_WAIT}}>{{PIN_WORD}}</span></a>{{/VERIFIED}}
{{#UNVERIFIED}}<a class="yx-tile yx-tile-go" href="{{BASE}}/scan"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#qr-code-scan"></use></svg><b>扫一扫</b><span><svg class="yx-i yx-i-s" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#lock"></use></svg> 需先实名</span></a>
<a class="yx-tile" href="{{BASE}}/certs"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#patch-check"></use></svg><b>个人证书</b><span><svg class="yx-i yx-i-s" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#lock"></use></svg> 需先实名</span></a>
<a class="yx-tile" href="{{BASE}}/me/pin"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#key"></use></svg><b>证书密码</b><span><svg class="yx-i yx-i-s" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#lock"></use></svg> 需先实名</span></a>{{/UNVERIFIED}}
<a class="yx-tile" href="{{BASE}}/orgs"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#building"></use></svg><b>我的单位</b><span>{{ORGS_WORD}}</span></a>
<a class="yx-tile" href="{{BASE}}/messages?unread=1"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#envelope"></use></svg><b>未读消息</b><span>{{UNREAD_WORD}}</span></a>
<a class="yx-tile yx-tile-2" href="{{BASE}}/me/records"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#clock-history"></use></svg><b>操作记录</b><span>每次使用都有回执</span></a>
</div>
<div class="yx-two"><section class="card"><div class="card-header"><h2>我的单位</h2><a class="btn btn-link btn-sm" href="{{BASE}}/orgs">全部</a></div>
{{#ORGS_EMPTY}}<div class="card-body pt-1 yx-2">还没有单位。单位由运营人员核验后录入，<a href="{{BASE}}/orgs">看看要准备什么</a>。</div>{{/ORGS_EMPTY}}
<ul class="yx-list">{{#ORG}}<li><a class="yx-row yx-row-state" href="{{BASE}}/orgs/{{ORG_ID}}"><span class="yx-ava" aria-hidden="true">{{ORG_AVATAR}}</span><span class="yx-grow">{{ORG_NAME}}<span class="yx-sub">{{ORG_LINE}}</span></span><span class="yx-state yx-{{STATE}}"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#state-{{STATE}}"></use></svg>{{STATE_WORD}}</span></a></li>{{/ORG}}</ul></section>
<section class="card"><div class="card-header"><h2>未读消息</h2><a class="btn btn-link btn-sm" href="{{BASE}}/messages">全部</a></div>
{{#MESSAGES_EMPTY}}<div class="card-body pt-1 yx-2">没有未读消息。</div>{{/MESSAGES_EMPTY}}
<ul class="yx-list">{{#MESSAGE}}<li><a class="yx-row" href="{{BASE}}/messages?unread=1"><span class="yx-grow">{{MESSAGE_TITLE}}<span class="yx-sub yx-two-lines">{{MESSAGE_TEXT}}</span><span class="yx-sub">{{MESSAGE_TIME}}</span></span></a></li>{{/MESSAGE}}</ul></section></div>
