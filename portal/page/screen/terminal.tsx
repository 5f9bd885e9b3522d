export default function Screen() {
  return <h1>terminal</h1>;
}
