namespace NativeRnn;

/// <summary>One forecast, in the unit of the recipe.</summary>
/// <param name="Value">What the target is expected to be.</param>
/// <param name="Time">When: the time of the window's last row plus horizon times sampling interval.</param>
/// <param name="LastValue">The target in the window's last row, to hold the forecast against.</param>
public readonly record struct Forecast(double Value, DateTime Time, double LastValue);
