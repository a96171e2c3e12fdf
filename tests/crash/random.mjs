// Choices that a seed repeats (xorshift32): what is killed, and after how many acts.
export function chooser(seed) {
  let state = seed >>> 0 || 1;
  const below = (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
  return { below, pick: (list) => list[below(list.length)] };
}
