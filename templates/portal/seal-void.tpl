{{%AUTOESCAPE context="HTML"}}
{{! GET, POST /orgs/:org/seals/:seal/void (SEAL-4). Layout base, SUB_PAGE, BACK /orgs/:org/seals/:seal, AT_ORGS, ORG_NAV, AT_SEALS, no bottom bar.
    PAGE_TITLE 作废印章.  ORG, SEAL (ids), SEAL_KIND, ORG_FULL_NAME. FAULTS (messages without a field). CSRF. }}
<form class="yx-narrow yx-ask" method="post" action="{{BASE}}/orgs/{{ORG}}/seals/{{SEAL}}/void">{{>CSRF}}
<h1 class="yx-desk mb-3">作废这枚{{SEAL_KIND}}？</h1>
{{>FAULTS}}
<div class="card"><div class="card-body"><div class="d-flex gap-3 align-items-center mb-3"><span class="yx-seal"><img src="{{BASE}}/orgs/{{ORG}}/seals/{{SEAL}}/picture.svg" alt="{{SEAL_KIND}}图样"></span><div class="yx-s"><b class="yx-b">{{SEAL_KIND}}</b><br>{{ORG_FULL_NAME}}</div></div><p class="yx-phone"><b class="yx-b">作废这枚{{SEAL_KIND}}？</b></p><p>作废后，您和单位管理员不能再用它盖章，也不再接受新的申请。<b class="yx-b">此操作不能撤回。</b></p><div class="yx-note">已盖过的文件不受影响，仍可验证。</div></div></div>
<div class="yx-bar"><a class="btn btn-outline-secondary" href="{{BASE}}/orgs/{{ORG}}/seals/{{SEAL}}">我再想想</a><button class="btn btn-dark">作废印章</button></div></form>
