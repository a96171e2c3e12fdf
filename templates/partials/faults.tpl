{{%AUTOESCAPE context="HTML"}}
{{! Sum of a form's errors, as FAULTS: bound 0 or 1 times to the page. How forms are filled, on every page:
      the control's id is the field's name; FIELD_<NAME> is what was typed (secrets are never given back);
      IS_<NAME> (flags) and IS_<NAME>_<WORD> (words) are sections that tick; ERROR_<NAME> is a section with ERROR_TEXT;
      NAME and WORD in upper case. A message without a field stands only here.
    The focus goes to it with the page.
    MEND: section, something typed has to be mended; or REFUSED: nothing in the form could.
    FAULT: repeated. FAULT_TEXT; section AT_FIELD with FAULT_FIELD (the field's name), or section AT_NONE. }}
<div class="yx-flash yx-bad" role="alert" tabindex="-1" autofocus><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#exclamation-circle-fill"></use></svg><div><b class="yx-b">{{#MEND}}没有提交成功：{{/MEND}}{{#REFUSED}}没有办成：{{/REFUSED}}</b><ul>{{#FAULT}}<li>{{#AT_FIELD}}<a href="#{{FAULT_FIELD}}">{{FAULT_TEXT}}</a>{{/AT_FIELD}}{{#AT_NONE}}{{FAULT_TEXT}}{{/AT_NONE}}</li>{{/FAULT}}</ul></div></div>
