// Sets the page to each of `settings` in turn, and returns what `voiced detect` it names for each lane, and the segments.
return settings.map((setting) => {
  Object.assign(config, setting);
  segmentAll();
  return lanes.map((lane) => ({
    command: commandWords(lane, config, facts.file),
    segments: lane.result.segments.map(({ start, end }) => [start, end]),
  }));
});
