// What the page says of every frame of every lane.
return lanes.map((lane) => ({
  name: lane.name,
  scores: [...lane.scores],
  words: Array.from(lane.scores, (_, i) => {
    const { decision, fate } = lane.words((i + 0.5) / lane.perSecond);
    return `${decision} ${fate}`;
  }),
  summary: lane.summary(),
}));
