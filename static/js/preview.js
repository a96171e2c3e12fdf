// Redraws the seal's picture when a style control changes: the server draws, only the picture's address changes.
// form[data-preview] holds the address without query; img[data-preview-picture] shows it.
'use strict';
(() => {
	const form = document.querySelector('form[data-preview]');
	const picture = form.querySelector('img[data-preview-picture]');
	const STYLE = ['kind', 'template', 'diameter', 'ring', 'letter'];

	function redraw() {
		const query = new URLSearchParams();
		for (const [name, value] of new FormData(form)) {
			if (STYLE.includes(name))
				query.append(name, value);
		}
		picture.src = `${form.dataset.preview}?${query}`;
	}

	form.addEventListener('change', redraw);
	for (const button of form.querySelectorAll('[data-no-script]'))
		button.hidden = true;
})();
