{{%AUTOESCAPE context="HTML"}}
{{! The end of a list that goes on, as PAGER: bound 0 or 1 times to the page, as the last thing inside its .yx-page.
    MORE_PATH: path and query of the next 20, without BASE.  MORE_WORD: 更早的记录.
    The link loads the whole next page; with script its .yx-page takes this place. }}
<div class="yx-more"><a class="btn btn-outline-secondary btn-sm" href="{{BASE}}{{MORE_PATH}}" hx-get="{{BASE}}{{MORE_PATH}}" hx-select=".yx-page" hx-target="closest .yx-more" hx-swap="outerHTML">{{MORE_WORD}}</a></div>
