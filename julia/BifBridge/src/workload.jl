# What is compiled when the package is installed: without it the first branch takes minutes.

_pitchfork(z, p) = p .* z .- z .^ 3
_oscillator(z, p) = [p * z[1] - 2 * z[2] - z[1] * (z[1]^2 + z[2]^2),
                     2 * z[1] + p * z[2] - z[2] * (z[1]^2 + z[2]^2)]
_cusp(z, p) = [p[1] + p[2] * z[1] - z[1]^3]
_moving(z, p) = [p[1] * z[1] - 2 * z[2] - z[1] * (z[1]^2 + z[2]^2),
                 2 * z[1] + (p[1] - p[2]) * z[2] - z[2] * (z[1]^2 + z[2]^2)]

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
    curve = default_options(continuation = (max_steps = 5,))
    fold = 2 * 3^-1.5
    continue_curve(
        Field(_cusp, 1, 2), [3^-0.5], -fold, 1.0, "fold", 0.0, curve; span = (-1.0, 1.0),
        directions = [-1.0],
    )
    continue_curve(
        Field(_moving, 2, 2), [0.0, 0.0], 0.0, 0.0, "hopf", 2.0, curve; span = (-1.0, 1.0),
        directions = [1.0],
    )
    few = default_options(
        continuation = (max_steps = 3, tol_stability = 1e-5), newton = (tol = 1e-9,),
    )
    method = (name = "Collocation", ntst = 10, m = 4, meshadapt = true, max_period = 1e3,
              delta_p = 0.01, nodes = Float64[], segments = 1, abstol = 1e-9, reltol = 1e-9)
    continue_cycles(oscillator, [0.0, 0.0], 0.0, 2.0, few; method)
    return nothing
end

_count_from(2^20)

@setup_workload begin
    @compile_workload begin
        _work()
    end
end
