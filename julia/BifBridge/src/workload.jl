# What is compiled when the package is installed: without it the first branch takes minutes.

_pitchfork(z, p) = p .* z .- z .^ 3
_oscillator(z, p) = [p * z[1] - 2 * z[2] - z[1] * (z[1]^2 + z[2]^2),
                     2 * z[1] + p * z[2] - z[2] * (z[1]^2 + z[2]^2)]
_roessler(z, a) = [-z[2] - z[3], z[1] + a * z[2], 2 + z[3] * (z[1] - 4)]
_cusp(z, p) = [p[1] + p[2] * z[1] - z[1]^3, -z[2]]
_takens(z, p) = [z[2], p[1] + p[2] * z[1] + z[1]^2 - z[1] * z[2]]
function _bautin(z, p)
    s = z[1]^2 + z[2]^2
    growth = p[1] + p[2] * s - s^2
    return [growth * z[1] - z[2], z[1] + growth * z[2]]
end

function _work()
    options = default_options(continuation = (max_steps = 60, dsmax = 0.05))
    scalar = Field(_pitchfork, 1, 0)
    branch = continue_equilibria(scalar, [0.0], -1.0, options).ways[1]
    pitchfork = branch.polished[1]
    switch_branch(scalar, pitchfork.state, pitchfork.parameter, [0.0, 1.0], options)
    deflated_equilibria(scalar, reshape([0.3], 1, 1), 1.0, options)
    evaluate(scalar, "third", [0.1], 0.2, Any[[1.0], [1.0], [1.0]])
    oscillator = Field(_oscillator, 2, 0)
    continue_equilibria(oscillator, [0.0, 0.0], -1.0, options)
    # Each past its point of codimension two.
    curve = default_options(continuation = (max_steps = 60, dsmax = 0.05))
    follow(field, state, p, q, kind, omega, sign) = continue_curve(
        Field(field, 2, 2), state, p, q, kind, omega, curve; span = (-1.0, 1.0),
        directions = [sign],
    )
    follow(_cusp, [3^-0.5, 0.0], -2 * 3^-1.5, 1.0, "fold", 0.0, -1.0)
    follow(_takens, [0.25, 0.0], 0.0625, -0.5, "fold", 0.0, 1.0)
    follow(_bautin, [0.0, 0.0], 0.0, -0.5, "hopf", 1.0, 1.0)
    few = default_options(
        p_min = 0.0, p_max = 0.36, continuation = (max_steps = 40, tol_stability = 1e-5),
        newton = (tol = 1e-9,),
    )
    method = (name = "Collocation", ntst = 10, m = 4, meshadapt = true, max_period = 1e3,
              delta_p = 0.01, nodes = Float64[], segments = 1, abstol = 1e-9, reltol = 1e-9)
    # Up to a period doubling.
    turning = Field(_roessler, 3, 0)
    hopf = continue_equilibria(turning, [0.0, 0.0, 0.5], 0.02, few; directions = [1.0]).ways[1]
    point = hopf.polished[1]
    continue_cycles(turning, point.state, point.parameter, point.omega, few; method)
    return nothing
end

_count_from(2^20)

@setup_workload begin
    @compile_workload begin
        _work()
    end
end
