{{%AUTOESCAPE context="HTML"}}
{{! Any page that needs a real name, when there is none (RN-1); status 403. Layout base, SUB_PAGE, BACK /home, BOTTOM.
    PAGE_TITLE 需先实名. WHAT: name of the page that was asked for (个人证书). }}
<h1 class="yx-desk mb-4">需先实名</h1>
<div class="card"><div class="yx-empty"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#shield-lock"></use></svg><h2>“{{WHAT}}”需先实名</h2><p>证书、印章和单位都以您的真实身份为准。请带身份证件联系运营人员，核验后录入您的实名，结果会发消息给您。</p><p class="yx-s yx-3">{{SERVICE_LINE}}</p><div class="yx-acts"><a class="btn btn-outline-secondary" href="{{BASE}}/home">回首页</a></div></div></div>
