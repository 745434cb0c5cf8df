import { useEffect, useState } from 'preact/hooks';

/** Whether the system, or the editor's own setting, asks for less motion; the component renders again when that changes. */
export function useReducedMotion(): boolean {
  const [query] = useState(() => matchMedia('(prefers-reduced-motion: reduce)'));
  // The workbench says so by a class of the body.
  const asked = () => query.matches || document.body.classList.contains('vscode-reduce-motion');
  const [reduced, setReduced] = useState(asked);
  useEffect(() => {
    const look = () => setReduced(asked());
    query.addEventListener('change', look);
    const classes = new MutationObserver(look);
    classes.observe(document.body, { attributeFilter: ['class'] });
    // The workbench may have said so since the first look.
    look();
    return () => {
      query.removeEventListener('change', look);
      classes.disconnect();
    };
  }, [query]);
  return reduced;
}
