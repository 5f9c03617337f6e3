import { announce } from '../components/announcer.tsx';
import { Button } from '../components/button.tsx';

/** What follows a confirmed logout: what to say, and how the person links again. */
export const AfterLogout = ({ text }: { readonly text: string }) => {
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => announce('The text is copied'),
      () => announce('The browser did not copy the text: select it'),
    );
  return (
    <section aria-label="Afterwards">
      <h2>Tell the person</h2>
      <p class="quote">{text}</p>
      <Button onClick={copy}>Copy the text</Button>
      <details>
        <summary>When they want to link again</summary>
        <ol>
          <li>Make sure that the phone, or its successor with the same number, is in the right hands.</li>
          <li>Show the QR code of the instance, in the GREEN-API console or in your own tool.</li>
          <li>On the phone: Linked devices, Link a device, then scan the code.</li>
          <li>Here the instance reads “linked” again.</li>
        </ol>
      </details>
    </section>
  );
};
