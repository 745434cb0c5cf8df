import { useEffect, useState } from 'preact/hooks';

/** Long enough to see what changed between two pictures. */
const PICTURE_MS = 350;

export interface Playback {
  playing: boolean;
  play: () => void;
  pause: () => void;
}

/** Goes from one picture to the next until the last; from the last it begins with the first. */
export function usePlayback(props: {
  index: number;
  last: number;
  choose: (index: number) => void;
}): Playback {
  const { index, last, choose } = props;
  const [playing, setPlaying] = useState(false);
  useEffect(() => {
    if (!playing) return;
    if (index >= last) {
      setPlaying(false);
      return;
    }
    const timer = setTimeout(() => choose(index + 1), PICTURE_MS);
    return () => clearTimeout(timer);
  }, [playing, index, last]);
  return {
    playing,
    play: () => {
      if (index >= last) choose(0);
      setPlaying(true);
    },
    pause: () => setPlaying(false),
  };
}
