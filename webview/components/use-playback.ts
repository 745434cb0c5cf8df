import { useEffect, useState } from 'preact/hooks';
import { useReducedMotion } from './use-reduced-motion.ts';

/** Milliseconds per image: long enough to see what changed. */
const PICTURE_MS = 350;

export interface Playback {
  playing: boolean;
  /** Whether reduced motion is requested, so that nothing is played. */
  still: boolean;
  play: () => void;
  pause: () => void;
}

/** Steps from one image to the next until the last; starting at the last, it goes back to the first. */
export function usePlayback(props: {
  index: number;
  last: number;
  choose: (index: number) => void;
}): Playback {
  const { index, last, choose } = props;
  const [playing, setPlaying] = useState(false);
  const still = useReducedMotion();
  useEffect(() => {
    if (!playing) return;
    if (index >= last || still) {
      setPlaying(false);
      return;
    }
    const timer = setTimeout(() => choose(index + 1), PICTURE_MS);
    return () => clearTimeout(timer);
  }, [playing, index, last, still]);
  return {
    playing,
    still,
    play: () => {
      if (index >= last) choose(0);
      setPlaying(true);
    },
    pause: () => setPlaying(false),
  };
}
