/** A button for what cannot be taken back: it says what will be, and asks once more. */
import { useSignal } from "@preact/signals";

interface Props {
  label: string;
  question: string;
  yes: string;
  act: () => Promise<unknown>;
}

export function Twice({ label, question, yes, act }: Props) {
  const asking = useSignal(false);
  async function go(): Promise<void> {
    asking.value = false;
    await act();
  }
  if (!asking.value) {
    return (
      <button type="button" class="button danger" onClick={() => (asking.value = true)}>
        {label}
      </button>
    );
  }
  return (
    <div class="twice" role="group" aria-label={label}>
      <p>{question}</p>
      <button type="button" class="button danger sure" onClick={go} ref={(button) => button?.focus()}>
        {yes}
      </button>
      <button type="button" class="button" onClick={() => (asking.value = false)}>
        Keep it as it is
      </button>
    </div>
  );
}
