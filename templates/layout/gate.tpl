{{%AUTOESCAPE context="HTML"}}
{{! Frame without navigation: sign-in, agreements, the asking browser's waiting page, errors.
    Whole-page values as in layout/base.tpl. PAGE_TITLE; REFRESH section as there; FOOT with ICP (ICP_NUMBER), POLICE (POLICE_NUMBER) as there.
    FLASH include, 0 or 1: partials/flash.tpl.   BODY include, 1: the page; its h1 is always visible. }}
<!doctype html>
<html lang="zh-CN" data-bs-theme="auto">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="renderer" content="webkit">
<meta name="color-scheme" content="light dark">
<meta name="htmx-config" content='{"includeIndicatorStyles":false,"allowEval":false,"allowScriptTags":false,"historyEnabled":false}'>
<title>{{PAGE_TITLE}} · 印信</title>
<link rel="icon" href="{{BASE}}/static/mark.svg?v={{STATIC_VERSION}}" type="image/svg+xml">
<link rel="stylesheet" href="{{BASE}}/static/bootstrap.min.css?v={{STATIC_VERSION}}">
<link rel="stylesheet" href="{{BASE}}/static/yinxin.css?v={{STATIC_VERSION}}">
<script src="{{BASE}}/static/page.js?v={{STATIC_VERSION}}" defer></script>
{{#REFRESH}}<noscript><meta http-equiv="refresh" content="3"></noscript>{{/REFRESH}}
</head>
<body class="yx-gate">
<p class="yx-ie">您的浏览器在用 IE 模式，印信无法正常显示。请切换到极速模式，或换用新版 Chrome、Edge、Firefox 打开。</p>
<a class="yx-skip" href="#main">跳到正文</a>
<header><a class="yx-brand" href="{{BASE}}/home"><img src="{{BASE}}/static/mark.svg?v={{STATIC_VERSION}}" alt="">印信</a></header>
<main id="main" tabindex="-1">
<div class="yx-gate-in">
{{>FLASH}}
{{>BODY}}
</div>
</main>
<footer class="yx-foot"><a href="{{BASE}}/agreements/user">用户协议</a><a href="{{BASE}}/agreements/privacy">隐私政策</a><br>{{OPERATOR_LINE}} · {{SERVICE_LINE}}{{#FOOT}}<br>{{#ICP}}<a href="https://beian.miit.gov.cn/" rel="noreferrer">{{ICP_NUMBER}}</a>{{/ICP}}{{#POLICE}}<a href="https://beian.mps.gov.cn/" rel="noreferrer">{{POLICE_NUMBER}}</a>{{/POLICE}}{{/FOOT}}</footer>
</body>
</html>
