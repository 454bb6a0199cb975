// The segments of scores that are made up: for each of `cases`, as the page's segmenter finds them.
return cases.map(({ scores, rate, hop, length, config }) => {
  const result = segment(new Float32Array(scores), { rate, hop, framed: length }, { rate, length }, config);
  return result.segments.map(({ start, end }) => [start, end]);
});
