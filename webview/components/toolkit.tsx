/** The only module that uses @vscode/webview-ui-toolkit, which is archived: to replace it, rewrite only this file. */
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeProgressRing,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import type { ComponentChildren, JSX, Ref } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';

declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements {
      'vscode-button': HTMLAttributes<HTMLElement> & {
        appearance?: 'primary' | 'secondary' | 'icon';
        disabled?: boolean;
      };
      'vscode-checkbox': HTMLAttributes<HTMLElement> & {
        checked?: boolean;
        disabled?: boolean;
        ref?: Ref<HTMLElement & { checked: boolean }>;
      };
      'vscode-dropdown': HTMLAttributes<HTMLElement> & {
        disabled?: boolean;
        ref?: Ref<HTMLElement & { value: string }>;
      };
      'vscode-option': HTMLAttributes<HTMLElement> & { value?: string; selected?: boolean };
      'vscode-text-field': HTMLAttributes<HTMLElement> & {
        value?: string;
        maxlength?: number;
        size?: number;
      };
      'vscode-progress-ring': HTMLAttributes<HTMLElement>;
    }
  }
}

/** Defines the custom elements. Call it once, before the first render. */
export function registerToolkit(): void {
  provideVSCodeDesignSystem().register(
    vsCodeButton(),
    vsCodeCheckbox(),
    vsCodeDropdown(),
    vsCodeOption(),
    vsCodeProgressRing(),
    vsCodeTextField(),
  );
}

export function Button(props: {
  children: ComponentChildren;
  onClick: () => void;
  /** Whether the button is the primary one; default: secondary. */
  primary?: boolean;
  /** Whether the button shows an icon without a frame; `label` then says what it does and is its tooltip. */
  icon?: boolean;
  disabled?: boolean;
  /** Accessible name, if the text alone does not say what the button acts on. */
  label?: string;
}): JSX.Element {
  return (
    <vscode-button
      appearance={props.icon ? 'icon' : props.primary ? 'primary' : 'secondary'}
      disabled={props.disabled ?? false}
      aria-label={props.label}
      title={props.icon ? props.label : undefined}
      onClick={() => {
        if (!props.disabled) props.onClick();
      }}
    >
      {props.children}
    </vscode-button>
  );
}

export interface Option {
  value: string;
  label: string;
}

/** A choice of one option among several, with a visible label. */
export function Choice(props: {
  label: string;
  value: string;
  options: readonly Option[];
  onChange: (value: string) => void;
  disabled?: boolean;
}): JSX.Element {
  const id = useId();
  const element = useRef<HTMLElement & { value: string }>(null);
  const signature = props.options.map((option) => `${option.value}\t${option.label}`).join('\n');
  useLayoutEffect(() => {
    if (element.current && element.current.value !== props.value) element.current.value = props.value;
    // A new element starts with the first option of its list.
  }, [props.value, signature]);
  return (
    <div class="field">
      <span class="field-label" id={id}>
        {props.label}
      </span>
      {/* The element keeps its selection by position, so another list needs another element. */}
      <vscode-dropdown
        key={signature}
        ref={element}
        aria-label={props.label}
        disabled={props.disabled ?? false}
        onChange={(event) => {
          const { value } = event.currentTarget as HTMLElement & { value: string };
          if (value !== props.value) props.onChange(value);
        }}
      >
        {props.options.map((option) => (
          <vscode-option key={option.value} value={option.value} selected={option.value === props.value}>
            {option.label}
          </vscode-option>
        ))}
      </vscode-dropdown>
    </div>
  );
}

export function Toggle(props: {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}): JSX.Element {
  return (
    <vscode-checkbox
      checked={props.checked}
      onChange={(event) => {
        // The element also reports changes caused by setting its property.
        const { checked } = event.currentTarget as HTMLElement & { checked: boolean };
        if (checked !== props.checked) props.onChange(checked);
      }}
    >
      {props.label}
    </vscode-checkbox>
  );
}

/** A field for an integer; input that is not an integer in the range is reset to the previous value. */
export function IntegerField(props: {
  label: string;
  value: number;
  min: number;
  max: number;
  onChange: (value: number) => void;
}): JSX.Element {
  const { label, value, min, max } = props;
  // What is typed stays there while the view is drawn again.
  const [typed, setTyped] = useState<string>();
  const textOf = (event: { currentTarget: EventTarget }) =>
    (event.currentTarget as HTMLElement & { value: string }).value;
  return (
    <vscode-text-field
      size={8}
      value={typed ?? String(value)}
      onInput={(event) => setTyped(textOf(event))}
      onChange={(event) => {
        const text = textOf(event);
        setTyped(undefined);
        const entered = Number(text);
        if (text.trim() !== '' && Number.isInteger(entered) && entered >= min && entered <= max) {
          props.onChange(entered);
        } else {
          (event.currentTarget as HTMLElement & { value: string }).value = String(value);
        }
      }}
    >
      {/* The element takes its name from its text, and from nothing else. */}
      {label}
    </vscode-text-field>
  );
}

/** A text field that filters what is shown as the user types. */
export function TextFilter(props: {
  label: string;
  value: string;
  onChange: (value: string) => void;
}): JSX.Element {
  return (
    <vscode-text-field
      size={32}
      value={props.value}
      onInput={(event) => props.onChange((event.currentTarget as HTMLElement & { value: string }).value)}
    >
      {props.label}
    </vscode-text-field>
  );
}

export function ProgressRing(): JSX.Element {
  return (
    <span aria-hidden="true">
      <vscode-progress-ring />
    </span>
  );
}
