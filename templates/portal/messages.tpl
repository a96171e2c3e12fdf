{{%AUTOESCAPE context="HTML"}}
{{! GET /messages (?unread=1). Layout base, ROOT_PAGE, AT_WORK, BOTTOM. PAGE_TITLE 工作台.
    UNREAD_ONLY or ALL: section, the filter in use.  ANY_UNREAD: section.
    MESSAGE: repeated, newest first: MESSAGE_ID, MESSAGE_TITLE, MESSAGE_TEXT, MESSAGE_TIME; section NEW (unread): ACT_WORD (查看记录 | 标为已读);
      section LINK (read): LINK_PATH without BASE, LINK_WORD.
    SOME: section around the list.  EMPTY_ALL or EMPTY_UNREAD: section instead.  PAGER.
    POST /messages/:message/read, /messages/read-all; the first goes on to what the message leads to. CSRF. }}
<div class="yx-head"><div><h1>工作台</h1></div>{{#ANY_UNREAD}}<form class="yx-acts" method="post" action="{{BASE}}/messages/read-all">{{>CSRF}}<button class="btn btn-outline-secondary">全部标为已读</button></form>{{/ANY_UNREAD}}</div>
<div class="yx-filter"><div class="yx-pick" role="group" aria-label="消息"><a href="{{BASE}}/messages"{{#ALL}} aria-current="true"{{/ALL}}>全部消息</a><a href="{{BASE}}/messages?unread=1"{{#UNREAD_ONLY}} aria-current="true"{{/UNREAD_ONLY}}>未读</a></div></div>
{{#SOME}}<div class="card"><div class="yx-page"><ul class="yx-list">{{#MESSAGE}}<li><div class="yx-row yx-row-wrap align-items-start"><div class="yx-grow"><b class="yx-b">{{MESSAGE_TITLE}}</b> {{#NEW}}<span class="yx-state yx-info">未读</span>{{/NEW}}<span class="yx-quote d-block">{{MESSAGE_TEXT}}{{#LINK}} <a href="{{BASE}}{{LINK_PATH}}">{{LINK_WORD}}</a>{{/LINK}}</span><span class="yx-sub">{{MESSAGE_TIME}}</span></div>{{#NEW}}<form class="yx-end" method="post" action="{{BASE}}/messages/{{MESSAGE_ID}}/read">{{>CSRF}}<button class="btn btn-outline-secondary btn-sm" aria-label="{{ACT_WORD}}：{{MESSAGE_TITLE}}">{{ACT_WORD}}</button></form>{{/NEW}}</div></li>{{/MESSAGE}}</ul>{{>PAGER}}</div></div>{{/SOME}}
{{#EMPTY_ALL}}<div class="card"><div class="yx-empty"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#envelope"></use></svg><h2>还没有消息</h2><p>印章和证书的使用、变动，新设备登录，都会在这里告诉您。</p></div></div>{{/EMPTY_ALL}}
{{#EMPTY_UNREAD}}<div class="card"><div class="yx-empty"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#check-circle"></use></svg><h2>没有未读消息</h2><div class="yx-acts"><a class="btn btn-outline-secondary" href="{{BASE}}/messages">查看全部消息</a></div></div></div>{{/EMPTY_UNREAD}}
<script src="{{BASE}}/static/htmx.min.js?v={{STATIC_VERSION}}" defer></script>
