{{%AUTOESCAPE context="HTML"}}
{{! GET, POST /orgs/:org/seals/:seal/void (SEAL-4). Layout base, SUB_PAGE, BACK /orgs/:org/seals/:seal, AT_ORGS, ORG_NAV, AT_SEALS, no bottom bar.
    PAGE_TITLE 作废印章.  ORG, SEAL (ids), SEAL_KIND, SEAL_RANK, ORG_FULL_NAME, SEAL_SHAPE, MADE, SEAL_SINCE as in seals.tpl. MAY_VOID or VOIDED: section. FAULTS (messages without a field). CSRF. }}
<nav class="yx-desk" aria-label="位置"><ol class="breadcrumb"><li class="breadcrumb-item"><a href="{{BASE}}/orgs/{{ORG}}">单位</a></li><li class="breadcrumb-item"><a href="{{BASE}}/orgs/{{ORG}}/seals">印章</a></li><li class="breadcrumb-item"><a href="{{BASE}}/orgs/{{ORG}}/seals/{{SEAL}}">{{SEAL_KIND}}</a></li><li class="breadcrumb-item active" aria-current="page">作废印章</li></ol></nav>
<form class="yx-narrow yx-ask" method="post" action="{{BASE}}/orgs/{{ORG}}/seals/{{SEAL}}/void">{{>CSRF}}
<h1 class="yx-desk mb-3">作废这枚{{SEAL_KIND}}？</h1>
{{>FAULTS}}
<div class="card"><div class="card-body"><div class="d-flex gap-3 align-items-center mb-3"><span class="yx-seal"><img src="{{BASE}}/orgs/{{ORG}}/seals/{{SEAL}}/picture.svg" alt="{{SEAL_KIND}}图样"></span><div class="yx-s"><b class="yx-b">{{SEAL_KIND}}</b> {{SEAL_RANK}}<br>{{ORG_FULL_NAME}}<div class="yx-3">{{SEAL_SHAPE}} · <span class="yx-keep">{{MADE}} 制作</span> · <span class="yx-keep">{{SEAL_SINCE}}</span></div></div></div>{{#MAY_VOID}}<p class="yx-phone"><b class="yx-b">作废这枚{{SEAL_KIND}}？</b></p><p>作废后，您和单位管理员不能再用它盖章，也不再接受新的申请。<b class="yx-b">此操作不能撤回。</b></p>{{/MAY_VOID}}<div class="yx-note">已盖过的文件不受影响，仍可验证。</div></div></div>
<div class="yx-bar"><a class="btn btn-outline-secondary" href="{{BASE}}/orgs/{{ORG}}/seals/{{SEAL}}">{{#MAY_VOID}}我再想想{{/MAY_VOID}}{{#VOIDED}}返回印章{{/VOIDED}}</a>{{#MAY_VOID}}<button class="btn btn-dark">作废印章</button>{{/MAY_VOID}}</div></form>
