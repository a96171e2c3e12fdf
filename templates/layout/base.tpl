{{%AUTOESCAPE context="HTML"}}
{{! Frame of every page of a signed-in person: side bar and top bar on desktops, top bar and bottom bar on phones.
    Values for the whole page, seen by every template: BASE (path before every URL, "" or "/sub"), STATIC_VERSION,
      CSRF_TOKEN, EDITION (legal_rep | standard), OPERATOR_LINE (澄川印信科技有限公司 运营), SERVICE_LINE (客服 400-812-6600，工作日 8:30–18:00), SERVICE_WHOM
      (the same inside a sentence: 客服 400-812-6600（工作日 8:30–18:00）); the last three from the configuration, and what is not given there is said so.
    PAGE_TITLE   short name of the page; the head comment of each page template says which.
    ROOT_PAGE    section: one of the four root pages (home, orgs, messages, me): switcher and scan in the phone's top bar.
    SUB_PAGE     section, all other pages. BACK: path of the page above, without BASE. Rule for h1: on phones the bar's title
                 is the h1, so a sub page's own h1 has class yx-desk; a root page's own h1 is always visible.
    AT_HOME, AT_ORGS, AT_WORK, AT_ME  section: where the page belongs; at most one.
    ORG_NAV      section, pages below /orgs/:org of an org whose pages this person may open. ORG: its id.
                 AT_OVERVIEW, AT_SEALS, AT_CERTS, AT_ORG_RECORDS: sections inside it.
    HAS_ORG      section: ORG_NAME, ORG_AVATAR (two characters), ORG_STATE_WORD of the org chosen. NO_ORG: there is none.
    SWITCH_ORG   repeated, each org: ORG_ID, ORG_ROW_NAME, ORG_ROW_AVATAR, STATE (ok|wait|info|off|bad), STATE_WORD;
                 section CURRENT.
    IS_LEGAL_REP, IS_STANDARD  section: the edition in use.  EDITION_WORD: its name.
    UNREAD       section: UNREAD_COUNT.
    AVATAR, NAME the person's two characters and name (masked phone before a real name).
    BOTTOM       section: show the bottom bar; leave it out on pages that have a yx-bar (head comment: "no bottom bar").
    FOOT         section, shown if either: ICP (ICP_NUMBER), POLICE (POLICE_NUMBER) sections.
    REFRESH      section: browsers without script load the page again every 3 seconds.
    FLASH        include, 0 or 1: partials/flash.tpl.   CSRF include, 1: partials/csrf.tpl.   BODY include, 1: the page. }}
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
<body class="yx-app">
<p class="yx-ie">您的浏览器在用 IE 模式，印信无法正常显示。请切换到极速模式，或换用新版 Chrome、Edge、Firefox 打开。</p>
<a class="yx-skip" href="#main">跳到正文</a>
<header class="yx-top">
{{#SUB_PAGE}}<a class="btn yx-icon yx-back yx-phone" href="{{BASE}}{{BACK}}" aria-label="返回"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#chevron-left"></use></svg></a><h1 class="yx-title yx-clip yx-phone">{{PAGE_TITLE}}</h1>{{/SUB_PAGE}}
<details class="yx-menu yx-org{{#SUB_PAGE}} yx-desk{{/SUB_PAGE}}">
<summary>
{{#HAS_ORG}}<span class="yx-ava" aria-hidden="true">{{ORG_AVATAR}}</span><span class="yx-clip"><span class="yx-name yx-clip">{{ORG_NAME}}</span><small><span class="yx-phone">{{EDITION_WORD}} · </span>{{ORG_STATE_WORD}} · 切换单位</small></span>{{/HAS_ORG}}
{{#NO_ORG}}<span class="yx-ava" aria-hidden="true"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#building"></use></svg></span><span class="yx-clip"><span class="yx-name yx-clip">还没有单位</span><small><span class="yx-phone">{{EDITION_WORD}} · </span>查看怎样登记</small></span>{{/NO_ORG}}
<svg class="yx-i yx-3" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#chevron-expand"></use></svg></summary>
<div class="yx-pop">
{{#SWITCH_ORG}}<a href="{{BASE}}/orgs/{{ORG_ID}}"{{#CURRENT}} aria-current="true"{{/CURRENT}}><span class="yx-ava" aria-hidden="true">{{ORG_ROW_AVATAR}}</span><span class="flex-fill">{{ORG_ROW_NAME}}</span><span class="yx-state yx-{{STATE}}"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#state-{{STATE}}"></use></svg>{{STATE_WORD}}</span></a>{{/SWITCH_ORG}}
<a href="{{BASE}}/orgs"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#plus-lg"></use></svg>我的全部单位，怎样登记单位</a>
</div>
</details>
<form class="yx-seg yx-desk" method="post" action="{{BASE}}/edition" aria-label="版本">
{{>CSRF}}
<button name="to" value="legal_rep"{{#IS_LEGAL_REP}} aria-current="true"{{/IS_LEGAL_REP}}>法定代表人版</button>
<button name="to" value="standard"{{#IS_STANDARD}} aria-current="true"{{/IS_STANDARD}}>标准版</button>
</form>
{{#ROOT_PAGE}}<a class="btn yx-icon yx-phone" href="{{BASE}}/scan" aria-label="扫一扫"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#qr-code-scan"></use></svg></a>{{/ROOT_PAGE}}
<a class="btn yx-icon" href="{{BASE}}/messages" aria-label="消息{{#UNREAD}}，{{UNREAD_COUNT}} 条未读{{/UNREAD}}"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#bell"></use></svg>{{#UNREAD}}<span class="yx-count" aria-hidden="true">{{UNREAD_COUNT}}</span>{{/UNREAD}}</a>
<a class="btn yx-icon yx-desk" href="{{BASE}}/me"><span class="yx-ava yx-ava-r" aria-hidden="true">{{AVATAR}}</span><span class="visually-hidden">我的：{{NAME}}</span></a>
</header>
<nav class="yx-side" aria-label="主导航">
<a class="yx-brand" href="{{BASE}}/home"><img src="{{BASE}}/static/mark.svg?v={{STATIC_VERSION}}" alt="">印信</a>
<ul>
<li><a href="{{BASE}}/home"{{#AT_HOME}} aria-current="page"{{/AT_HOME}}><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#house-door{{#AT_HOME}}-fill{{/AT_HOME}}"></use></svg>首页</a></li>
<li><a href="{{BASE}}/orgs"{{#AT_ORGS}} aria-current="true"{{/AT_ORGS}}><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#building{{#AT_ORGS}}-fill{{/AT_ORGS}}"></use></svg>单位</a>
{{#ORG_NAV}}<ul>
<li><a href="{{BASE}}/orgs/{{ORG}}"{{#AT_OVERVIEW}} aria-current="page"{{/AT_OVERVIEW}}>单位概览</a></li>
<li><a href="{{BASE}}/orgs/{{ORG}}/seals"{{#AT_SEALS}} aria-current="page"{{/AT_SEALS}}>印章</a></li>
<li><a href="{{BASE}}/orgs/{{ORG}}/certs"{{#AT_CERTS}} aria-current="page"{{/AT_CERTS}}>数字证书</a></li>
<li><a href="{{BASE}}/orgs/{{ORG}}/records"{{#AT_ORG_RECORDS}} aria-current="page"{{/AT_ORG_RECORDS}}>操作记录</a></li>
</ul>{{/ORG_NAV}}</li>
<li><a href="{{BASE}}/messages"{{#AT_WORK}} aria-current="page"{{/AT_WORK}}><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#inboxes{{#AT_WORK}}-fill{{/AT_WORK}}"></use></svg>工作台{{#UNREAD}}<span class="yx-count"><span class="visually-hidden">有 </span>{{UNREAD_COUNT}}<span class="visually-hidden"> 条未读</span></span>{{/UNREAD}}</a></li>
<li><a href="{{BASE}}/me"{{#AT_ME}} aria-current="page"{{/AT_ME}}><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#person{{#AT_ME}}-fill{{/AT_ME}}"></use></svg>我的</a></li>
</ul>
<div class="yx-side-foot">{{OPERATOR_LINE}}<br>{{SERVICE_LINE}}</div>
</nav>
<main class="yx-main" id="main" tabindex="-1">
{{>FLASH}}
{{>BODY}}
</main>
{{#FOOT}}<footer class="yx-foot">{{#ICP}}<a href="https://beian.miit.gov.cn/" rel="noreferrer">{{ICP_NUMBER}}</a>{{/ICP}}{{#POLICE}}<a href="https://beian.mps.gov.cn/" rel="noreferrer">{{POLICE_NUMBER}}</a>{{/POLICE}}</footer>{{/FOOT}}
{{#BOTTOM}}<nav class="yx-bottom" aria-label="底部导航">
<a href="{{BASE}}/home"{{#AT_HOME}} aria-current="page"{{/AT_HOME}}><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#house-door{{#AT_HOME}}-fill{{/AT_HOME}}"></use></svg>首页</a>
<a href="{{BASE}}/orgs"{{#AT_ORGS}} aria-current="page"{{/AT_ORGS}}><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#building{{#AT_ORGS}}-fill{{/AT_ORGS}}"></use></svg>单位</a>
<a href="{{BASE}}/messages"{{#AT_WORK}} aria-current="page"{{/AT_WORK}}><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#inboxes{{#AT_WORK}}-fill{{/AT_WORK}}"></use></svg>工作台{{#UNREAD}}<span class="yx-count"><span class="visually-hidden">有 </span>{{UNREAD_COUNT}}<span class="visually-hidden"> 条未读</span></span>{{/UNREAD}}</a>
<a href="{{BASE}}/me"{{#AT_ME}} aria-current="page"{{/AT_ME}}><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#person{{#AT_ME}}-fill{{/AT_ME}}"></use></svg>我的</a>
</nav>{{/BOTTOM}}
</body>
</html>
