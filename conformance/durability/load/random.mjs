// Chance from a seed, so that a run's choices (though not its timing) can be made again.

/** { float(), int(from, to), chance(probability), pick(list) } */
export function seededRandom(seed) {
  let state = seed >>> 0;
  const float = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
  const int = (from, to) => from + Math.floor(float() * (to - from + 1));
  return { float, int, chance: (probability) => float() < probability, pick: (list) => list[int(0, list.length - 1)] };
}
