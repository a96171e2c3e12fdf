{{%AUTOESCAPE context="HTML"}}
<!doctype html>
<title>[page({{PAGE}})page]</title>
{{>BODY}}
