/* A drawing as SVG: relative coordinates in whole hundredths of a millimetre under one scale. */
#include "picture/drawing.h"
#include "base/buf.h"
#include "picture/seal.h"
#include <inttypes.h>

/* A number needs a space before it only where no letter and no sign parts it from the last one. */
static void write_number(struct buf *out, double number)
{
	char last = out->data[out->len - 1];

	if (number >= 0 && last >= '0' && last <= '9')
		buf_char(out, ' ');
	buf_printf(out, "%d", (int)number);
}

static void write_point(struct buf *out, struct point point, struct point from)
{
	write_number(out, point.x - from.x);
	write_number(out, point.y - from.y);
}

static void write_outline(struct buf *out, struct outline outline)
{
	static const struct {
		char letter;
		size_t points;
	} forms[] = { [SEGMENT_MOVE] = { 'm', 1 },
		[SEGMENT_LINE] = { 'l', 1 },
		[SEGMENT_CURVE] = { 'c', 3 },
		[SEGMENT_CLOSE] = { 'z', 0 } };
	struct point at = { 0, 0 }, start = { 0, 0 };
	char last = 0;

	for (size_t i = 0; i < outline.count; i++) {
		const struct segment *segment = &outline.segments[i];
		char letter = forms[segment->kind].letter;
		size_t points = forms[segment->kind].points;

		/* The first move of a path is absolute; a letter holds until the next one, but after a move means a
		 * line. */
		if (letter != last || segment->kind == SEGMENT_MOVE)
			buf_char(out, last ? letter : 'M');
		last = letter;
		for (size_t k = 0; k < points; k++)
			write_point(out, segment->to[k], at);
		if (points)
			at = segment->to[points - 1];
		if (segment->kind == SEGMENT_MOVE)
			start = at;
		if (segment->kind == SEGMENT_CLOSE)
			at = start;
	}
}

struct bytes drawing_svg(const struct drawing *drawing)
{
	struct buf out = buf_new(drawing->arena);

	buf_printf(&out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%gmm\" height=\"%gmm\" viewBox=\"%g %g %g %g\">"
		"<g transform=\"scale(%g)\" fill=\"#%06" PRIx32 "\" stroke=\"#%06" PRIx32 "\" stroke-width=\"0\" "
		"stroke-linejoin=\"round\">",
		drawing->width, drawing->height, -drawing->width / 2, -drawing->height / 2, drawing->width,
		drawing->height, 1.0 / DRAWING_GRID, drawing->colour, drawing->colour);
	for (size_t i = 0; i < drawing->count; i++) {
		const struct path *path = &drawing->paths[i];

		buf_text(&out, "<path");
		if (path->stroke)
			buf_printf(&out, " stroke-width=\"%d\"", path->stroke);
		buf_text(&out, " d=\"");
		write_outline(&out, path->outline);
		buf_text(&out, "\"/>");
	}
	buf_text(&out, "</g></svg>\n");
	return buf_view(&out);
}

/* All in CSS pixels, of which a millimetre has 96/25.4, so that the drawing's own width and height hold inside. */
struct bytes seal_svg_measured(struct arena *arena, struct bytes svg, const struct seal_style *style)
{
	const double mm = 96 / 25.4, side = 54 * mm, radius = style->diameter_mm10 / 20.0 * mm;
	const double centre = 25 * mm, line = 49.5 * mm, tick = mm;
	struct buf out = buf_new(arena);

	buf_printf(&out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.2f %.2f\"><g transform=\"translate(%.2f "
		"%.2f)\">",
		side, side, side / 2 - radius, centre - radius);
	buf_bytes(&out, svg);
	buf_printf(&out,
		"</g><path fill=\"none\" stroke=\"#59626d\" stroke-width=\".7\" d=\"M%.2f "
		"%.2fv%.2fm0-%.2fh%.2fm0-%.2fv%.2f\"/>",
		side / 2 - radius, line - tick, 2 * tick, tick, 2 * radius, tick, 2 * tick);
	buf_printf(&out,
		"<text x=\"%.2f\" y=\"%.2f\" fill=\"#59626d\" font-family=\"sans-serif\" font-size=\"10\" "
		"text-anchor=\"middle\">%g mm</text></svg>\n",
		side / 2, 53.2 * mm, style->diameter_mm10 / 10.0);
	return buf_view(&out);
}
