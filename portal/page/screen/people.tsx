export default function Screen() {
  return <h1>people</h1>;
}
