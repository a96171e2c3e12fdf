{{%AUTOESCAPE context="HTML"}}
{{! GET /certs/:cert/progress. Layout base, SUB_PAGE, BACK /certs/:cert, BOTTOM, REFRESH while it runs. PAGE_TITLE 安装进度. CERT_NAME.
    PROGRESS: include, 1: portal/cert-progress-state.tpl. }}
<h1 class="yx-desk mb-3">安装进度</h1>
<section class="card yx-narrow"><div class="card-header"><h2>{{CERT_NAME}}</h2></div><div class="card-body pt-1"><div aria-live="polite">{{>PROGRESS}}</div></div></section>
<script src="{{BASE}}/static/htmx.min.js?v={{STATIC_VERSION}}" defer></script>
