/* Drawings: shapes put onto the grid, path after path. */
#include "picture/drawing.h"
#include <math.h>

struct drawing drawing_new(struct arena *arena, double width, double height, uint32_t colour)
{
	return (struct drawing){ .arena = arena, .width = width, .height = height, .colour = colour };
}

struct path *drawing_path(struct drawing *drawing, double stroke_mm)
{
	struct path *path;

	if (drawing->count == DRAWING_PATHS)
		abort();
	path = &drawing->paths[drawing->count++];
	path->stroke = (int)lround(stroke_mm * DRAWING_GRID);
	return path;
}

static void add_segment(struct arena *arena, struct path *path, struct segment segment)
{
	struct outline *outline = &path->outline;

	if (outline->count == path->capacity) {
		size_t capacity = path->capacity ? path->capacity * 2 : 64;
		struct segment *larger = ARENA_ARRAY(arena, struct segment, capacity);

		if (outline->count)
			memcpy(larger, outline->segments, outline->count * sizeof *larger);
		outline->segments = larger;
		path->capacity = capacity;
	}
	outline->segments[outline->count++] = segment;
}

static struct point to_grid(struct point p, const cairo_matrix_t *matrix)
{
	cairo_matrix_transform_point(matrix, &p.x, &p.y);
	/* Adding 0 turns -0 into 0. */
	return (struct point){ round(p.x * DRAWING_GRID) + 0.0, round(p.y * DRAWING_GRID) + 0.0 };
}

void drawing_add(struct drawing *drawing, struct path *path, struct outline outline, const cairo_matrix_t *matrix)
{
	for (size_t i = 0; i < outline.count; i++) {
		struct segment segment = outline.segments[i];

		for (size_t k = 0; k < 3; k++)
			segment.to[k] = to_grid(segment.to[k], matrix);
		add_segment(drawing->arena, path, segment);
	}
}

void drawing_polygon(struct drawing *drawing, struct path *path, const struct point *corners, size_t count)
{
	cairo_matrix_t same;

	cairo_matrix_init_identity(&same);
	for (size_t i = 0; i < count; i++)
		add_segment(drawing->arena, path,
			(struct segment){ i ? SEGMENT_LINE : SEGMENT_MOVE, { to_grid(corners[i], &same) } });
	add_segment(drawing->arena, path, (struct segment){ .kind = SEGMENT_CLOSE });
}

void drawing_circle(struct drawing *drawing, struct path *path, double radius, int direction)
{
	enum { ARCS = 8 }; /* off by 0.00001 of the radius at most */
	const double step = direction * 2 * M_PI / ARCS;
	const double reach = 4.0 / 3 * tan(step / 4);
	struct segment circle[ARCS + 2] = { { SEGMENT_MOVE, { { 1, 0 } } } };
	cairo_matrix_t scale;

	for (int i = 0; i < ARCS; i++) {
		double a = i * step, b = (i + 1) * step;

		circle[i + 1] = (struct segment){ SEGMENT_CURVE,
			{ { cos(a) - reach * sin(a), sin(a) + reach * cos(a) },
				{ cos(b) + reach * sin(b), sin(b) - reach * cos(b) }, { cos(b), sin(b) } } };
	}
	circle[ARCS + 1].kind = SEGMENT_CLOSE;
	cairo_matrix_init_scale(&scale, radius, radius);
	drawing_add(drawing, path, (struct outline){ circle, ARCS + 2 }, &scale);
}
