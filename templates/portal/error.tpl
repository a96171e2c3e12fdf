{{%AUTOESCAPE context="HTML"}}
{{! Any error: 400, 403, 404, 405, 408, 409, 413, 415, 429, 500, 503. Layout gate. PAGE_TITLE: ERROR_TITLE.
    ERROR_TITLE what happened (这个页面不存在), ERROR_WHAT one sentence more, ERROR_NOT what did not happen (什么都没有改变,
    shown bold; may be ""), ERROR_DO what to do: four texts of the message table.
    REFERENCE finds the log line (HELP-3).  RETRY: section, a GET that may be tried again: RETRY_PATH without BASE.
    LEAVE: section: link to the home page. }}
<div class="yx-gate-card yx-one"><div class="yx-empty"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#exclamation-triangle"></use></svg><h1>{{ERROR_TITLE}}</h1><p>{{ERROR_WHAT}}<b class="yx-b">{{ERROR_NOT}}</b></p><p>{{ERROR_DO}}</p><div class="yx-ref mt-2">{{REFERENCE}}</div><p class="yx-s yx-3">把这个编号告诉客服，我们能据此查到原因。</p><div class="yx-acts">{{#RETRY}}<a class="btn btn-primary" href="{{BASE}}{{RETRY_PATH}}">再试一次</a>{{/RETRY}}{{#LEAVE}}<a class="btn btn-outline-secondary" href="{{BASE}}/home">回首页</a>{{/LEAVE}}</div><p class="yx-s yx-3 mt-3">{{SERVICE_LINE}}</p></div></div>
