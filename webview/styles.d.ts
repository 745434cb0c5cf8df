/** A style sheet, bundled with the view that imports it. */
declare module '*.css';
