// The portal's own scanner (SCAN-2): reads QR codes from the camera, or from a picture the person picks, with jsQR, and
// follows only links to this portal's scan path. Nothing is sent anywhere. Its sentences stand in the page as [data-say].
'use strict';
(() => {
	const page = document.querySelector('[data-scan]');
	const video = page.querySelector('video');
	const start = page.querySelector('button[data-start]');
	const file = page.querySelector('input[type="file"]');
	const canvas = document.createElement('canvas');
	const pen = canvas.getContext('2d', { willReadFrequently: true });
	const LONGEST = 1000; // pixels: enough for a code that fills a third of the picture, and quick

	function say(word) {
		for (const line of page.querySelectorAll('[data-say]'))
			line.hidden = line.dataset.say !== word;
	}

	// The path of a link to our scan page, or null.
	function own_path(text) {
		let url;
		try {
			url = new URL(text);
		} catch {
			return null;
		}
		if (url.origin !== location.origin || !url.pathname.startsWith(page.dataset.scan))
			return null;
		return url.pathname + url.search;
	}

	// Reads a code out of one picture; true ends the search.
	function read(source, width, height) {
		const scale = Math.min(1, LONGEST / Math.max(width, height));
		canvas.width = Math.round(width * scale);
		canvas.height = Math.round(height * scale);
		pen.drawImage(source, 0, 0, canvas.width, canvas.height);
		const image = pen.getImageData(0, 0, canvas.width, canvas.height);
		const code = jsQR(image.data, image.width, image.height, { inversionAttempts: 'dontInvert' });
		if (!code || !code.data)
			return false;
		const path = own_path(code.data);
		if (path)
			location.assign(path);
		else
			say('foreign');
		return path !== null;
	}

	function stop() {
		for (const track of video.srcObject ? video.srcObject.getTracks() : [])
			track.stop();
		video.srcObject = null;
	}

	function watch() {
		if (!video.srcObject)
			return;
		if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && read(video, video.videoWidth, video.videoHeight))
			stop();
		else
			setTimeout(watch, 200);
	}

	async function open() {
		if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) {
			say('no-camera');
			return;
		}
		try {
			video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' }, audio: false });
		} catch (error) {
			say(error.name === 'NotAllowedError' ? 'denied' : 'no-camera');
			return;
		}
		await video.play();
		start.hidden = true;
		say('looking');
		watch();
	}

	async function read_file() {
		if (!file.files.length)
			return;
		try {
			const picture = await createImageBitmap(file.files[0]);
			if (!read(picture, picture.width, picture.height) && page.querySelector('[data-say="foreign"]').hidden)
				say('nothing');
		} catch {
			say('nothing');
		}
		file.value = '';
	}

	start.addEventListener('click', open);
	file.addEventListener('change', () => {
		say('');
		read_file();
	});
	window.addEventListener('pagehide', stop);
})();
