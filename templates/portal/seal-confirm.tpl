{{%AUTOESCAPE context="HTML"}}
{{! GET, POST /orgs/:org/seals/make/confirm (SEAL-2). Layout base, SUB_PAGE, BACK /orgs/:org/seals/make, AT_ORGS, ORG_NAV, AT_SEALS, no bottom bar.
    PAGE_TITLE 确认制作.  ORG (id), SEAL_KIND (公章), SEAL_TEXT, SHAPE (圆形 42 mm，五角星), STROKES (标准边框，标准字宽), STYLE_QUERY: the style as a query, of the
      picture and of the page to go back to.  HAVE: section, the org has active ones of the kind: HAVE_COUNT.
    Fields, hidden: kind, template, diameter, ring, letter: FIELD_TEMPLATE …; FAULTS. CSRF. }}
<nav class="yx-desk" aria-label="位置"><ol class="breadcrumb"><li class="breadcrumb-item"><a href="{{BASE}}/orgs/{{ORG}}">单位</a></li><li class="breadcrumb-item"><a href="{{BASE}}/orgs/{{ORG}}/seals">印章</a></li><li class="breadcrumb-item"><a href="{{BASE}}/orgs/{{ORG}}/seals/make?{{STYLE_QUERY}}">制作单位印章</a></li><li class="breadcrumb-item active" aria-current="page">确认制作</li></ol></nav>
<form class="yx-narrow yx-ask" method="post" action="{{BASE}}/orgs/{{ORG}}/seals/make/confirm">{{>CSRF}}<input type="hidden" name="kind" value="official"><input type="hidden" name="template" value="{{FIELD_TEMPLATE}}"><input type="hidden" name="diameter" value="{{FIELD_DIAMETER}}"><input type="hidden" name="ring" value="{{FIELD_RING}}"><input type="hidden" name="letter" value="{{FIELD_LETTER}}">
<h1 class="yx-desk mb-3">制作这枚{{SEAL_KIND}}？</h1>
{{>FAULTS}}
<div class="card"><div class="card-body"><p class="yx-phone"><b class="yx-b">制作这枚{{SEAL_KIND}}？</b></p><span class="yx-seal yx-seal-l yx-seal-dim mb-3"><img src="{{BASE}}/orgs/{{ORG}}/seals/preview.svg?{{STYLE_QUERY}}" alt="{{SEAL_KIND}}图样，印文为{{SEAL_TEXT}}"></span><dl class="yx-kv"><dt>类型</dt><dd>{{SEAL_KIND}}</dd><dt>印文</dt><dd>{{SEAL_TEXT}}</dd><dt>式样</dt><dd>{{SHAPE}}，{{STROKES}}</dd></dl><p class="mt-3">制作后立即生效，单位里有权的人可以用它盖章；图样不能再改，只能作废后另做。</p>{{#HAVE}}<div class="yx-note">单位已有 {{HAVE_COUNT}} 枚有效的{{SEAL_KIND}}，会继续有效；扫码盖章用最新的一枚。</div>{{/HAVE}}</div></div>
<div class="yx-bar"><a class="btn btn-outline-secondary" href="{{BASE}}/orgs/{{ORG}}/seals/make?{{STYLE_QUERY}}">返回修改</a><button class="btn btn-primary">确认制作</button></div></form>
