{{%AUTOESCAPE context="HTML"}}
{{! GET /certs/:cert/progress. Layout base, SUB_PAGE, BACK /certs/:cert, BOTTOM, REFRESH while it runs. PAGE_TITLE 安装进度. PERSONAL, OF_ORG (ORG): section. CERT (id), CERT_NAME.
    PROGRESS: include, 1: portal/cert-progress-state.tpl. }}
{{#PERSONAL}}<nav class="yx-desk" aria-label="位置"><ol class="breadcrumb"><li class="breadcrumb-item"><a href="{{BASE}}/home">首页</a></li><li class="breadcrumb-item"><a href="{{BASE}}/certs">个人证书</a></li><li class="breadcrumb-item"><a href="{{BASE}}/certs/{{CERT}}">证书详情</a></li><li class="breadcrumb-item active" aria-current="page">安装进度</li></ol></nav>{{/PERSONAL}}{{#OF_ORG}}<nav class="yx-desk" aria-label="位置"><ol class="breadcrumb"><li class="breadcrumb-item"><a href="{{BASE}}/orgs/{{ORG}}">单位</a></li><li class="breadcrumb-item"><a href="{{BASE}}/orgs/{{ORG}}/certs">数字证书</a></li><li class="breadcrumb-item"><a href="{{BASE}}/certs/{{CERT}}">证书详情</a></li><li class="breadcrumb-item active" aria-current="page">安装进度</li></ol></nav>{{/OF_ORG}}
<h1 class="yx-desk mb-3">安装进度</h1>
<section class="card yx-narrow"><div class="card-header"><h2>{{CERT_NAME}}</h2></div><div class="card-body pt-1"><div aria-live="polite">{{>PROGRESS}}</div></div></section>
<script src="{{BASE}}/static/htmx.min.js?v={{STATIC_VERSION}}" defer></script>
