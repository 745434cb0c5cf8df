import { useEffect, useState } from 'preact/hooks';

/** Whether the system or the editor's own setting asks for reduced motion; the component renders again on a change. */
export function useReducedMotion(): boolean {
  const [query] = useState(() => matchMedia('(prefers-reduced-motion: reduce)'));
  // The workbench signals it with a class on the body.
  const asked = () => query.matches || document.body.classList.contains('vscode-reduce-motion');
  const [reduced, setReduced] = useState(asked);
  useEffect(() => {
    const look = () => setReduced(asked());
    query.addEventListener('change', look);
    const classes = new MutationObserver(look);
    classes.observe(document.body, { attributeFilter: ['class'] });
    // The class may have changed since the first render.
    look();
    return () => {
      query.removeEventListener('change', look);
      classes.disconnect();
    };
  }, [query]);
  return reduced;
}
