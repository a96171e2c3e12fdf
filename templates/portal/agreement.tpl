{{%AUTOESCAPE context="HTML"}}
{{! GET /agreements/user, /agreements/privacy. Layout gate. PAGE_TITLE: the agreement's title.
    TITLE, VERSION, DATE (2025-11-01).  PARAGRAPH: repeated; section HEADING or TEXT, each with PARAGRAPH_TEXT. }}
<article class="yx-gate-card yx-one"><div class="yx-gate-pad"><h1 class="mb-1">{{TITLE}}</h1><p class="yx-s yx-3 mb-4">版本 {{VERSION}}，{{DATE}} 起生效</p>
{{#PARAGRAPH}}{{#HEADING}}<h2 class="mt-4 mb-2">{{PARAGRAPH_TEXT}}</h2>{{/HEADING}}{{#TEXT}}<p>{{PARAGRAPH_TEXT}}</p>{{/TEXT}}{{/PARAGRAPH}}
</div></article>
