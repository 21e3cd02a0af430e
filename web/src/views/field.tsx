/** One line of text with its label. */
import type { Signal } from "@preact/signals";
import type { Ref } from "preact";

interface Props {
  label: string;
  value: Signal<string>;
  maxLength: number;
  autoComplete?: string;
  field?: Ref<HTMLInputElement> | undefined;
}

export function Field({ label, value, maxLength, autoComplete = "off", field }: Props) {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        ref={field ?? null}
        value={value.value}
        maxLength={maxLength}
        autoComplete={autoComplete}
        dir="auto"
        spellcheck={false}
        onInput={(event) => {
          value.value = event.currentTarget.value;
        }}
        onFocus={(event) => event.currentTarget.select()}
      />
    </label>
  );
}
