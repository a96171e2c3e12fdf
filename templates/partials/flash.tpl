{{%AUTOESCAPE context="HTML"}}
{{! Result of the last POST, at the top of the page. STATE (ok|wait|info|off|bad), FLASH_TEXT, FLASH_ROLE (status; alert for bad). }}
<div class="yx-flash yx-{{STATE}}" role="{{FLASH_ROLE}}"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#state-{{STATE}}"></use></svg><div>{{FLASH_TEXT}}</div></div>
