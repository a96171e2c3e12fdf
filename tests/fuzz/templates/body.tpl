{{%AUTOESCAPE context="HTML"}}
<p title="[attribute({{V}})attribute]">[text({{V}})text]</p>
<pre>[pre({{V:p}})pre]</pre>
<a href="/search?q=[query({{V:u}})query]">a</a>
<a title="[url(" href="{{V}}" lang=")url]">b</a>
<ul>{{#ROW}}<li>[row({{V}})row]</li>{{/ROW}}</ul>
