/** One line of text that is changed by itself, with its own button. */
import { useSignal } from "@preact/signals";
import { Field } from "./field.tsx";

interface Props {
  label: string;
  value: string;
  maxLength: number;
  save: (value: string) => Promise<boolean>;
}

export function LineForm({ label, value, maxLength, save }: Props) {
  const wanted = useSignal(value);
  const saved = useSignal(false);
  const changed = wanted.value.trim() !== value;
  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if (changed) saved.value = await save(wanted.value.trim());
  }
  return (
    <form class="line-form" onSubmit={submit}>
      <Field label={label} value={wanted} maxLength={maxLength} />
      <button type="submit" class="button" aria-disabled={!changed}>
        {saved.value && !changed ? "Saved" : "Save"}
      </button>
    </form>
  );
}
