{{%AUTOESCAPE context="HTML"}}
{{! Stands in every form that is POSTed, as CSRF: bound once in the layout's dictionary and once in the page's; every form of
    the page, also inside sections and rows, then has it. CSRF_TOKEN, EDITION: whole-page values. }}
<input type="hidden" name="csrf" value="{{CSRF_TOKEN}}"><input type="hidden" name="edition" value="{{EDITION}}">
