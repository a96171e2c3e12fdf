{{%AUTOESCAPE context="HTML"}}
{{! GET /certs/:cert/progress/state: fragment, asked every 2 seconds; 204 when nothing changed since SEEN. CERT (id), DEVICE_NAME.
    RUNNING: section: CONFIRMED_TIME (10:42:07), SEEN (name of the state).  DONE: section: CONFIRMED_TIME, DONE_TIME.  FAILED: section: CONFIRMED_TIME,
    FAIL_TEXT (why, and that no count was taken). Exactly one of the three. }}
<div{{#RUNNING}} hx-get="{{BASE}}/certs/{{CERT}}/progress/state?seen={{SEEN:u}}" hx-trigger="every 2s" hx-swap="outerHTML"{{/RUNNING}}><ol class="yx-time">
{{#RUNNING}}<li class="done"><b>证书密码已确认，密钥已生成</b><div class="yx-s yx-3">{{CONFIRMED_TIME}}，只有本设备能打开</div></li><li class="now"><b><span class="yx-spin" aria-hidden="true"></span> 证书机构正在签发</b><div class="yx-s yx-3">通常几秒钟。可以离开此页，完成后会发消息给您。</div></li><li class="todo">可在“{{DEVICE_NAME}}”使用</li>{{/RUNNING}}
{{#DONE}}<li class="done"><b>证书密码已确认，密钥已生成</b><div class="yx-s yx-3">{{CONFIRMED_TIME}}</div></li><li class="done"><b>证书机构已签发</b><div class="yx-s yx-3">{{DONE_TIME}}</div></li><li class="done"><b>可在“{{DEVICE_NAME}}”使用</b></li>{{/DONE}}
{{#FAILED}}<li class="done"><b>证书密码已确认，密钥已生成</b><div class="yx-s yx-3">{{CONFIRMED_TIME}}</div></li><li class="now"><b>签发没有成功</b><div class="yx-s yx-2">{{FAIL_TEXT}}</div></li>{{/FAILED}}
</ol><div class="yx-acts mt-3"><a class="btn btn-outline-secondary" href="{{BASE}}/certs/{{CERT}}">返回证书</a></div></div>
