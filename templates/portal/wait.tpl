{{%AUTOESCAPE context="HTML"}}
{{! GET /tickets/:ticket/wait, the asking browser's page after authorize (SCAN-1, SCAN-4). Layout gate, REFRESH while it is open. PAGE_TITLE: 登录 | 签字 | 盖章 + · + PLATFORM_NAME.
    TICKET (id), PLATFORM_NAME, PLATFORM_AVATAR.  One of: IS_LOGIN, IS_SIGN, IS_SEAL: section.
    SCOPES (SCOPE: SCOPE_WORD), ITEMS (ITEM: ITEM_LABEL, at most 20; MORE: section, MORE_COUNT), ITEMS_COUNT, SEAL_ASKED (SEAL_KIND): as in ticket.tpl.
    STATE_NOW: include, 1: portal/wait-state.tpl. }}
<div class="yx-focus yx-stack my-3"><h1>{{#IS_LOGIN}}登录{{PLATFORM_NAME}}{{/IS_LOGIN}}{{#IS_SIGN}}给{{PLATFORM_NAME}}的文件签字{{/IS_SIGN}}{{#IS_SEAL}}给{{PLATFORM_NAME}}的文件盖章{{/IS_SEAL}}</h1>
<div class="yx-two"><section class="card order-2 order-xl-1"><div class="card-body"><div class="d-flex gap-3 align-items-center mb-3"><span class="yx-ava yx-ava-l" aria-hidden="true">{{PLATFORM_AVATAR}}</span><h2>{{PLATFORM_NAME}}</h2></div>
{{#SCOPES}}<p class="yx-2">批准后，平台可以读取：</p><ul class="yx-docs">{{#SCOPE}}<li><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#check-lg"></use></svg><span class="flex-fill">{{SCOPE_WORD}}</span></li>{{/SCOPE}}</ul>{{/SCOPES}}
{{#SEAL_ASKED}}<dl class="yx-kv"><dt>需要</dt><dd>{{SEAL_KIND}}，盖 {{ITEMS_COUNT}} 份文件</dd></dl><hr>{{/SEAL_ASKED}}
{{#ITEMS}}<ul class="yx-docs">{{#ITEM}}<li><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#file-earmark-text"></use></svg><span class="flex-fill">{{ITEM_LABEL}}</span></li>{{/ITEM}}{{#MORE}}<li class="yx-2">还有 {{MORE_COUNT}} 份，手机上可以全部查看</li>{{/MORE}}</ul>{{/ITEMS}}</div></section>
<div class="card order-1 order-xl-2"><div class="card-body yx-qr"><div class="yx-live" role="status">{{>STATE_NOW}}</div>
</div></div></div>
<p class="yx-s yx-3 text-center"><svg class="yx-i yx-i-s" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#shield-check"></use></svg> 由印信提供，{{PLATFORM_NAME}}拿不到您的证书密码</p></div>
<script src="{{BASE}}/static/htmx.min.js?v={{STATIC_VERSION}}" defer></script>
<script src="{{BASE}}/static/countdown.js?v={{STATIC_VERSION}}" defer></script>
