export default function Screen() {
  return <h1>device</h1>;
}
