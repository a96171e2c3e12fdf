{{%AUTOESCAPE context="HTML"}}
{{! GET, POST /certs/:cert/revoke (CERT-13). Layout base, SUB_PAGE, BACK /certs/:cert, no bottom bar. PAGE_TITLE 吊销证书.
    CERT (id), CERT_NAME, FOR.  OF_ORG: section, others use this cert too: INSTANCES (7).
    Field: reason (lost | ended | wrong | other). IS_REASON_LOST, IS_REASON_ENDED, IS_REASON_WRONG, IS_REASON_OTHER, ERROR_REASON, FAULTS. CSRF. }}
<form class="yx-narrow yx-ask" method="post" action="{{BASE}}/certs/{{CERT}}/revoke" novalidate>{{>CSRF}}
<h1 class="yx-desk mb-3">吊销{{CERT_NAME}}？</h1>
{{>FAULTS}}
<div class="card"><div class="card-body"><p><b class="yx-b">{{CERT_NAME}}</b><span class="d-block yx-s yx-3">{{FOR}}</span></p><p>吊销后，不能再用它登录、签字、盖章和解密，各交易平台随即能查到。{{#OF_ORG}}这张证书的 {{INSTANCES}} 个证书实例一起失效。{{/OF_ORG}}<b class="yx-b">此操作不能撤回，不退还剩余的有效期。</b></p><div class="yx-note">以前签的文件不受影响，仍可验证。</div></div></div>
<fieldset class="yx-field mt-4" id="reason"{{#ERROR_REASON}} aria-describedby="reason-e" aria-invalid="true"{{/ERROR_REASON}}><legend class="form-label fs-6">原因</legend><div class="yx-pick"><label><input class="yx-face" type="radio" name="reason" value="lost"{{#IS_REASON_LOST}} checked{{/IS_REASON_LOST}}>设备丢失或密钥泄露</label><label><input class="yx-face" type="radio" name="reason" value="ended"{{#IS_REASON_ENDED}} checked{{/IS_REASON_ENDED}}>不再使用</label><label><input class="yx-face" type="radio" name="reason" value="wrong"{{#IS_REASON_WRONG}} checked{{/IS_REASON_WRONG}}>证书内容有变</label><label><input class="yx-face" type="radio" name="reason" value="other"{{#IS_REASON_OTHER}} checked{{/IS_REASON_OTHER}}>其他</label></div>{{#ERROR_REASON}}<div class="yx-err" id="reason-e"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#exclamation-circle-fill"></use></svg><span>{{ERROR_TEXT}}</span></div>{{/ERROR_REASON}}</fieldset>
<div class="yx-bar"><a class="btn btn-outline-secondary" href="{{BASE}}/certs/{{CERT}}">我再想想</a><button class="btn btn-dark">吊销证书</button></div></form>
