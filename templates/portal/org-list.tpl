{{%AUTOESCAPE context="HTML"}}
{{! GET /orgs (ORG-1). Layout base, ROOT_PAGE, AT_ORGS, BOTTOM. PAGE_TITLE 单位.
    ORG: repeated: ORG_ID, ORG_NAME, ORG_AVATAR, ORG_LINE (法定代表人 · 2025-03-06 加入), STATE, STATE_WORD.  LIST: section around it, if there is any.
    EMPTY: section instead. }}
<div class="yx-head"><div><h1>单位</h1></div></div>
<div class="yx-stack">
{{#LIST}}<div class="card"><ul class="yx-list">{{#ORG}}<li><a class="yx-row yx-row-state" href="{{BASE}}/orgs/{{ORG_ID}}"><span class="yx-ava" aria-hidden="true">{{ORG_AVATAR}}</span><span class="yx-grow">{{ORG_NAME}}<span class="yx-sub">{{ORG_LINE}}</span></span><span class="yx-state yx-{{STATE}}"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#state-{{STATE}}"></use></svg>{{STATE_WORD}}</span></a></li>{{/ORG}}</ul></div>
<section class="card"><div class="card-header"><h2>登记另一个单位</h2></div><div class="card-body pt-1 yx-2">单位由运营人员核验后录入：营业执照、法定代表人的实名，与工商登记一致才会通过。联系{{SERVICE_WHOM}}，录入后发消息给您。</div></section>{{/LIST}}
{{#EMPTY}}<div class="card"><div class="yx-empty"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#building"></use></svg><h2>还没有单位</h2><p>登记单位后，可以制作印章、领取单位证书，在交易平台扫码签章。</p><p>单位由运营人员核验后录入。请准备营业执照和法定代表人的身份证件，联系客服；录入后发消息给您。</p><p class="yx-s yx-3">{{SERVICE_LINE}}</p></div></div>{{/EMPTY}}
</div>
