// What the page says of every frame of every lane.
return lanes.map((lane) => ({
  name: lane.name,
  scores: [...lane.scores],
  states: [...lane.result.states],
  words: Array.from(lane.scores, (_, i) => lane.words((i + 0.5) / lane.perSecond)),
  summary: lane.summary(),
}));
